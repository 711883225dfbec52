"""The local server: projects, jobs and the browser page over one engine process."""
