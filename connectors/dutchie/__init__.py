"""Dutchie POS, and Dutchie's own loyalty points.

As a register it is read and, with care, written: phone, e-mail, the membership flag and a note on the profile. As a
loyalty program it is read only: last night's balances and what each sale earned; points are changed at the register.

Quirks
- There is no loyalty id of Alpine IQ on a profile. The member is whoever the profile's phone leads to, so a corrected
  phone *is* the relink, and a wrong one detaches the points.
- A save demands seven fields (name, address, city, state, postal code, status, customer type). They are read and sent
  again unchanged; a profile that lacks one is for a person to mend.
- `cellPhone` cannot be written. Whether a written null clears a field is not known, so nothing is ever cleared.
- Search finds each criterion by itself and hides archived profiles; a record by id shows them, where the vendor does.
- Sales have no filter by customer: whole windows of at most seven days are read and filtered here.
- Changes show after one to five minutes.
- The nightly points file covers the whole location and may be fetched once a minute: a daily job, never a question.
- There is no call that lists locations: a key is one location. Some markets have one key for each menu.

Sources: Dutchie's published API description (requests and sandbox answers are tested against it), its support articles,
and integrators' code where marked in the settings.
"""
