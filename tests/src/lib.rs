//! Black-box suites over HTTP, hostile plugins and the layering test
