"""Alpine IQ as a loyalty program.

Lookup by phone, e-mail and the register's id, live balance, history, points, enrolment and opt-in. There is no public
description of its API: what is here is in its help articles or in production code of others. What is only a guess is a
switch in the settings, and off.

Quirks
- "Nothing found" is an HTTP 200 with `results` null. Every bad key gets the same 403, whatever is wrong with it.
- The search matches loosely; what does not match exactly is left out here. Blocklisted contacts are not found at all.
- A wallet that hides its points answers 0: that is not a balance.
- A change of points has one note, which the customer may see; it carries our reference, and is how a change is found
  again. Nothing else tells a repeat apart, so a change is sent once.
- A balance below zero is lifted to zero in the night.
- Contact details come from the register; a change made only here may be undone by the next import.
- Enrolling may send the customer a text at once.

Sources: Alpine IQ's help articles, its published server library (the envelope), and public client code.
"""
