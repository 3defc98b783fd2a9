"""Where the checkers once stood, for copies of lessons that still look here."""

raise ImportError("This copy of a lesson is older than the course: open the lesson anew from the "
                  "folder notebooks, and carry your answers over.")
