"""What the pages without a run compute."""
