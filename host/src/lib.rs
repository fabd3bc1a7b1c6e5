//! The Guichet host: API, pages, command line and worker over one set of use cases
