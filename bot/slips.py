"""What is wrong with the form of a file, in an editor's words and not in those of a library."""


def slip(message: str) -> str:
    """Return a slip in the marks of a template in an editor's words.

    >>> slip("Unexpected end of template. Jinja was looking for the following tags: 'endblock'.")
    'a {% block %} or {% if %} is not closed; its {% end… %} is missing'
    """
    if "end of template" in message or "Encountered unknown tag" in message:
        return "a {% block %} or {% if %} is not closed; its {% end… %} is missing"
    return "the marks do not fit together; each {{ needs its }}, each {% its %}, each quote its other one"
