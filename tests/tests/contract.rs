//! Components built against every version of the contract run on today's host:
//! none is forgotten, each loads, and each answers a call of its kind.

use std::path::{Path, PathBuf};

use guichet_domain::grant::Grant;
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{
    Answer, Call, Compiler, Kind, Limits, Question, Sandbox, Settings, digest_of,
};
use guichet_tests::calls::{bound, context};

fn folders(path: PathBuf) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

#[tokio::test]
async fn every_version_of_the_contract_still_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = tempfile::tempdir().unwrap();
    let settings = Settings::new(
        code.path().join("code"),
        Secret::new(vec![7; 32]),
        Compiler::InThisProcess,
    );
    let sandbox = Sandbox::start(settings).unwrap();
    for version in folders(root.join("../wit")) {
        let name = version.file_name().unwrap();
        let kept = root.join("contract").join(name);
        let components: Vec<PathBuf> = std::fs::read_dir(&kept)
            .unwrap_or_else(|_| panic!("no components of {} in {}", name.display(), kept.display()))
            .flatten()
            .map(|entry| entry.path())
            .collect();
        assert!(
            !components.is_empty(),
            "no components of {}",
            name.display()
        );
        for path in components {
            let bytes = std::fs::read(&path).unwrap();
            let plugin = sandbox.load(digest_of(&bytes), &bytes).await.unwrap();
            for kind in plugin.kinds() {
                let inputs = Vec::new();
                let question = match kind {
                    Kind::BillPayment => Question::QueryBills { inputs },
                    Kind::Inquiry => Question::Ask { inputs },
                    Kind::Credential => Question::Issue {
                        inputs,
                        token: None,
                    },
                };
                let call = Call {
                    context: context(),
                    question,
                };
                // Without any permission a call must end in an answer all the same.
                let binding = bound("test", Grant::default(), Limits::standard());
                let report = sandbox
                    .call(&plugin, &binding, &Ports::in_memory(), call)
                    .await;
                let answered = matches!(
                    report.result,
                    Ok(Answer::Query(_) | Answer::Inquiry(_) | Answer::Issued(_))
                );
                assert!(answered, "{}: {:?}", path.display(), report.result);
                let transcript = report.transcript.expect("the call ran");
                let replay = sandbox.replay(&plugin, &transcript).await;
                assert_eq!(replay.difference, None, "{}", path.display());
            }
        }
    }
}
