//! The payer's side agrees to a payment that asks for it: to what it was shown, and
//! by the right person. Some try it otherwise, which must never count, and some
//! change their minds.

use guichet::payments::{ActionView, Authorise, Create, PaymentError, PaymentView};
use guichet::terms::payer::ActionKind;
use guichet_domain::Digest;
use guichet_domain::id::{RecordId, SubjectId};
use guichet_domain::payment::State;

use crate::client::{Client, Seen};

/// How often a client looks whether there is something to agree to.
const LOOKS: usize = 10;

/// Who agrees as the second person.
pub(crate) fn second_person() -> SubjectId {
    SubjectId::new("second-person").expect("a lawful name")
}

impl Client {
    /// Agrees until nothing more is asked for. Gives the state that was seen last.
    pub(crate) async fn agree(
        &mut self,
        request: &Create,
        id: &RecordId,
        seen: &mut Seen,
    ) -> State {
        let mut last = State::Requested;
        for _ in 0..LOOKS {
            let node = self.chance.below(self.nodes.count());
            let (client, payment) = (request.client.clone(), id.clone());
            let shown = self.nodes.ask(node, |room| {
                Box::pin(async move { room.payments.get(&client, &payment).await })
            });
            if let Some(Ok(view)) = shown.await {
                self.saw(id, view.state, (&mut last, &mut *seen));
                let Some(action) = view.action else {
                    return last;
                };
                if self.chance.below(12) == 0 {
                    self.tell(|| format!("does not agree to {id}"));
                    return last;
                }
                self.act(request, &view.id, &action, (&mut last, &mut *seen))
                    .await;
            }
            self.time.sleep(self.chance.below(4_000) as u64).await;
        }
        last
    }

    async fn act(
        &mut self,
        request: &Create,
        id: &RecordId,
        action: &ActionView,
        (last, seen): (&mut State, &mut Seen),
    ) {
        let right = Authorise {
            client: request.client.clone(),
            payment: id.clone(),
            binding: action.binding,
            subject: match action.kind {
                ActionKind::PayerAuthorisation => request.subject.clone(),
                ActionKind::SecondPerson => second_person(),
            },
            method: "passkey".to_owned(),
            evidence: "signed".to_owned(),
        };
        if self.chance.below(3) == 0 {
            let wrong = self.wrong(&right, action.kind, seen);
            if let Some(Ok(view)) = self.authorise(&wrong).await {
                seen.wrong = Some(format!("{id} is {} by {wrong:?}", view.state));
            }
        }
        if !seen.agreed.contains(&action.kind) {
            seen.agreed.push(action.kind);
        }
        let answer = if self.chance.below(3) == 0 {
            let mut twin = self.clone();
            let (one, other) = futures::join!(self.authorise(&right), twin.authorise(&right));
            if matches!(one, Some(Ok(_))) {
                one
            } else {
                other
            }
        } else {
            self.authorise(&right).await
        };
        let Some(Ok(view)) = answer else {
            return;
        };
        self.tell(|| format!("agrees to {id}, which is {}", view.state));
        self.saw(id, view.state, (last, &mut *seen));
        // What was agreed to stays agreed to.
        match self.authorise(&right).await {
            None | Some(Ok(_) | Err(PaymentError::Busy(_))) => {}
            told => seen.wrong = Some(format!("{id}, agreed to once more: {told:?}")),
        }
    }

    /// What nobody may agree to, or not this person.
    fn wrong(&mut self, right: &Authorise, kind: ActionKind, seen: &Seen) -> Authorise {
        let mut wrong = right.clone();
        "made up".clone_into(&mut wrong.evidence);
        match kind {
            // Once the payer may have agreed, anybody else may be the second person.
            ActionKind::PayerAuthorisation if seen.agreed.contains(&kind) => {
                wrong.binding = Digest::from_bytes([7; 32]);
            }
            _ if self.chance.below(2) == 0 => wrong.binding = Digest::from_bytes([7; 32]),
            ActionKind::PayerAuthorisation => wrong.subject = second_person(),
            ActionKind::SecondPerson => {
                wrong.subject = SubjectId::new("payer-2").expect("a lawful name");
            }
        }
        wrong
    }

    async fn authorise(
        &mut self,
        request: &Authorise,
    ) -> Option<Result<PaymentView, PaymentError>> {
        let node = self.chance.below(self.nodes.count());
        let request = request.clone();
        let answer = self.nodes.ask(node, |room| {
            Box::pin(async move { room.payments.authorise(&request).await })
        });
        answer.await
    }
}
