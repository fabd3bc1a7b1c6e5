//! Unlawful names, and the order of versions.

use super::*;

#[test]
fn unlawful_names_are_refused() {
    for bad in [
        "water",
        "a/b",
        "demo/../x",
        "Demo/water",
        "demo/water/extra",
        "/",
    ] {
        assert_eq!(bad.parse::<PackageName>(), Err(NameError::Package), "{bad}");
    }
    for bad in ["1", "1.0", "v1.0.0", "1.0.0+build", "1.0.0/.."] {
        assert_eq!(bad.parse::<Version>(), Err(NameError::Version), "{bad}");
    }
    for bad in ["", "1a", "A", "a b", "a/b"] {
        assert_eq!(bad.parse::<ConfigName>(), Err(NameError::Config), "{bad}");
    }
}

#[test]
fn versions_are_ordered_by_precedence() {
    let version = |text: &str| text.parse::<Version>().unwrap();
    assert!(version("1.10.0") > version("1.9.0"));
    assert!(version("1.0.0-rc.1") < version("1.0.0"));
    assert_eq!(version("1.0.0-rc.1").to_string(), "1.0.0-rc.1");
}
