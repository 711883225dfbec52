"""The API, one module per kind of thing; docs/explanation/server.md lists every route."""
