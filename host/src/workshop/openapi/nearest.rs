//! The name that was probably meant, for messages. It decides nothing.

/// Names listed in one message.
const LISTED: usize = 12;

/// "did you mean …?" and what there is.
pub(super) fn suggest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() {
        return "there are none".to_owned();
    }
    let listed: Vec<&str> = names.iter().copied().take(LISTED).collect();
    let more = if names.len() > LISTED { ", …" } else { "" };
    let list = format!("there are {}{more}", listed.join(", "));
    let near = names
        .iter()
        .map(|name| (distance(&wanted.to_lowercase(), &name.to_lowercase()), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance * 2 <= name.chars().count().max(2));
    match near {
        Some((_, name)) => format!("did you mean {name}? {list}"),
        None => list,
    }
}

/// Insertions, deletions and replacements between two texts.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, one) in left.chars().enumerate() {
        let mut before = line;
        row[0] = line + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = before + usize::from(one != *other);
            before = row[column + 1];
            row[column + 1] = replaced.min(before + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let told = suggest("findBill", ["payBills", "findBills"]);
        assert!(told.starts_with("did you mean findBills?"), "{told}");
        let told = suggest("zzz", ["payBills"]);
        assert!(told.starts_with("there are payBills"), "{told}");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
