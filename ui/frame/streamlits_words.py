"""What Streamlit itself says, to eyes and to screen readers: it has English only, so the browser is told our words for it.

The English here is Streamlit 1.67's, to the letter; `ui/shell.js` puts ours in its place wherever it appears.
"""

from ui.locale import N_, SOURCE_LANGUAGE, _, language

WORDS = (
    # the frame
    N_("Skip to main content"), N_("App pages"), N_("Sidebar"), N_("Expand sidebar"), N_("Collapse sidebar"), N_("{n} more"),
    N_("Main menu"), N_("Theme"), N_("System"), N_("Light"), N_("Dark"), N_("About"), N_("Made with Streamlit v{version}"),
    N_("Close"), N_("Cancel"), N_("Notifications"), N_("Running..."), N_("Shortcut {key}"), N_("Help for {label}"),
    # fields
    N_("Choose an option"), N_("Select..."), N_("No results"), N_("Open"), N_("Increment"), N_("Decrement"), N_("Clear value"),
    N_("Press Enter to apply"), N_("Press Ctrl+Enter to apply"), N_("Press ⌘+Enter to apply"),
    N_("Error: {sentence}"), N_("Number is outside the allowed range. Please enter a value between {low} and {high}."),
    N_("Number is below the allowed range. Please enter a value greater than or equal to {low}."),
    N_("Number is above the allowed range. Please enter a value less than or equal to {high}."),
    # files; all kinds are taken, so their size and the line are the only reasons to refuse one
    N_("Upload"), N_("file upload"), N_("Drag and drop a file here"), N_("Add files"), N_("Remove {name}"),
    N_("{size} per file"), N_("add icon"), N_("info icon"),
    N_("Error: "), N_("File must be {size} or smaller."), N_("Network Error"), N_("Request failed with status code {code}"),
    # tables, charts and code
    N_("Copy"), N_("Copied"), N_("Copy to clipboard"), N_("Fullscreen"), N_("Close fullscreen"), N_("Search"), N_("Close Search"),
    N_("Previous Result"), N_("Next Result"), N_("Download as CSV"), N_("Show/hide columns"), N_("Add row"), N_("Delete row(s)"),
    N_("Clear selection"), N_("Select all"), N_("No data"), N_("empty"), N_("Dataframe column menu"), N_("Sort ascending"),
    N_("Sort descending"), N_("Format"), N_("Autosize"), N_("Pin column"), N_("Unpin column"), N_("Hide column"),
    N_("Copy column name"), N_("Scroll tabs left"), N_("Scroll tabs right"),
)  # fmt: skip


def words() -> dict[str, str]:
    """Streamlit's sentence → ours; empty for who reads Streamlit's own language."""
    return {} if language() == SOURCE_LANGUAGE else {english: _(english) for english in WORDS}
