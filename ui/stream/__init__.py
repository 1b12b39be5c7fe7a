"""What goes to the browser while a run goes on, and the addresses of its files."""
