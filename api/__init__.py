"""HTTP and pages: read-only views of what the pipeline published. Imports neither `models` nor `pipelines`."""
