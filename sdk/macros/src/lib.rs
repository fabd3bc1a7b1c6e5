//! The export macro of guichet-sdk
