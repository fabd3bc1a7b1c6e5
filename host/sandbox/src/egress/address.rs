//! Which addresses are global. Everything with a special purpose (IANA's IPv4
//! and IPv6 special-purpose registries) is refused, also where it is wrapped in
//! an IPv6 address that a translator or tunnel would unwrap.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use guichet_domain::grant::Network;

/// An IPv4 network: address and prefix length.
type V4 = ([u8; 4], u32);

const SPECIAL_V4: [V4; 17] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // carrier-grade translation
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, cloud metadata
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 52, 193, 0], 24), // AMT
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([192, 175, 48, 0], 24), // AS112
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 3),     // multicast, reserved, broadcast
];

/// An IPv6 network: its first four groups and prefix length (at most 64).
type V6 = ([u16; 4], u32);

/// Exceptions within 2000::/3; everything outside of that is refused whole.
const SPECIAL_V6: [V6; 6] = [
    ([0x2001, 0, 0, 0], 23), // protocol assignments, Teredo, benchmarks, ORCHID
    ([0x2001, 0xdb8, 0, 0], 32), // documentation
    ([0x2002, 0, 0, 0], 16), // 6to4
    ([0x2620, 0x4f, 0x8000, 0], 48), // AS112
    ([0x3ffe, 0, 0, 0], 16), // the old test network
    ([0x3fff, 0, 0, 0], 20), // documentation
];

/// Whether the grant's network allows this address.
#[must_use]
pub fn is_allowed(address: IpAddr, network: &Network) -> bool {
    match network {
        Network::Public => is_global(address),
        Network::Private(listed) => listed.contains(&address),
    }
}

/// Whether the address is a plain, globally reachable unicast address.
pub(crate) fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_global_v4(address),
        IpAddr::V6(address) => is_global_v6(address),
    }
}

fn is_global_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !SPECIAL_V4.iter().any(|(network, length)| {
        let mask = u32::MAX << (32 - length);
        bits & mask == Ipv4Addr::from(*network).to_bits() & mask
    })
}

/// Only 2000::/3 is assigned for global unicast. So IPv4-mapped (::ffff:0:0/96),
/// IPv4-compatible (::/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local,
/// link-local, site-local, multicast and the discard prefix all fall out.
fn is_global_v6(address: Ipv6Addr) -> bool {
    const GLOBAL_UNICAST: u64 = 1;
    let upper = u64::try_from(address.to_bits() >> 64).unwrap_or(0);
    if upper >> 61 != GLOBAL_UNICAST {
        return false;
    }
    let special = SPECIAL_V6.iter().any(|(groups, length)| {
        let network = groups
            .iter()
            .fold(0, |bits, group| bits << 16 | u64::from(*group));
        let mask = u64::MAX << (64 - length);
        upper & mask == network & mask
    });
    !special && !is_isatap(address)
}

/// ISATAP wraps an IPv4 address into any prefix (RFC 5214).
fn is_isatap(address: Ipv6Addr) -> bool {
    let [_, _, _, _, first, second, ..] = address.segments();
    second == 0x5efe && matches!(first, 0 | 0x200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn global(text: &str) -> bool {
        is_global(text.parse().unwrap())
    }

    #[test]
    fn special_addresses_are_refused_and_their_neighbours_are_not() {
        for (special, neighbour) in [
            ("0.255.255.255", "1.0.0.0"),
            ("10.0.0.1", "11.0.0.1"),
            ("100.64.0.1", "100.63.255.255"),
            ("100.127.255.255", "100.128.0.0"),
            ("127.8.8.8", "128.0.0.1"),
            ("169.254.169.254", "169.253.0.1"),
            ("172.31.255.255", "172.32.0.0"),
            ("172.16.0.0", "172.15.255.255"),
            ("192.0.0.8", "192.0.1.1"),
            ("192.0.2.1", "192.0.3.1"),
            ("192.88.99.1", "192.88.98.1"),
            ("192.168.1.1", "192.169.1.1"),
            ("198.19.255.255", "198.20.0.0"),
            ("198.51.100.7", "198.51.101.7"),
            ("203.0.113.9", "203.0.114.9"),
            ("224.0.0.1", "223.255.255.255"),
            ("255.255.255.255", "8.8.8.8"),
        ] {
            assert!(!global(special), "{special}");
            assert!(global(neighbour), "{neighbour}");
        }
    }

    #[test]
    fn wrapped_and_special_ipv6_addresses_are_refused() {
        for special in [
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378::",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2620:4f:8000::1",
            "3fff::1",
            "3ffe::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2400::5efe:7f00:1",
            "2400::200:5efe:7f00:1",
        ] {
            assert!(!global(special), "{special}");
        }
        for fine in ["2606:4700:4700::1111", "2400:3200::1", "2a00:1450:4001::1"] {
            assert!(global(fine), "{fine}");
        }
    }

    #[test]
    fn a_private_network_is_exactly_its_list() {
        let listed = Network::Private(["127.0.0.1".parse().unwrap()].into());
        assert!(is_allowed("127.0.0.1".parse().unwrap(), &listed));
        for other in ["127.0.0.2", "8.8.8.8", "::1", "::ffff:127.0.0.1"] {
            assert!(!is_allowed(other.parse().unwrap(), &listed), "{other}");
        }
    }
}
