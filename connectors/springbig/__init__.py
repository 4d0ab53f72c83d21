"""springbig, a loyalty program beside Dutchie and other registers.

## What to know

- springbig publishes no API reference; access is given to partners. What is here is what integrators' own code shows:
  looking members up by phone or e-mail, enrolling and updating them, and telling of a purchase.
- There is **no balance, no history and no adjustment** by API. For these a person looks into springbig's dashboard,
  with our steps; the bot never shows a figure as springbig's own.
- Two keys go along: one names the integration, one the store's account. The second comes from springbig's onboarding,
  belongs to one account only, and a stray space in it breaks it; spaces around it are cut off here.
- Phones are ten digits without a country.
- A member is written by the register's own id (`pos_user`), and cannot be read by springbig's.
- Dutchie stores springbig's number on the profile (`springBigMemberId`); it can be read and not changed.
- A full refund gives reward points back and takes earned points away, shown as a negative check-in.
- Rewards exist only in springbig; a reward whose discount value is blank does not show at the register.
- Telling of a purchase is seen in one draft only, so it is off until `record_visits` switches it on after a trial.

## Sources

Public code of integrators, and springbig's how-to pages for several registers. The answer to an unknown phone, the
shape of a refused change and all limits are not public; the settings say what is assumed.
"""
