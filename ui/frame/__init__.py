"""The frame round every page: navigation, language, colours, links, and what makes the first load light."""
