# SPDX-License-Identifier: GPL-2.0
# AppArmor: as close to hold/attack.hv as a profile can be. Ports, addresses and
# names of Unix sockets cannot be told apart, so the Internet families are open
# and all others closed. Entered by "confine apparmor", not by name.
profile khv-peer {
  /srv/hold/bin/ r,
  /srv/hold/bin/attack rmix,

  /srv/hold/A/ r,
  /srv/hold/A/** rwk,
  link subset /srv/hold/A/** -> /srv/hold/A/**,

  # A denial cannot have an exception below it: "none" is left out by hand.
  /srv/hold/R/ r,
  /srv/hold/R/{[^n]**,n[^o]**,no[^n]**,non[^e]**,none[^/]**} r,
  /srv/hold/R/none/again/{,**} r,

  /srv/hold/file r,
  /{,usr/}lib{,64}/{,**} r,
  /etc/ld.so.cache r,

  network inet stream,
  network inet dgram,
  network inet6 stream,
  network inet6 dgram,

  # Signals and tracing within the profile.
  signal peer=khv-peer,
  signal receive peer=unconfined,
  ptrace peer=khv-peer,

  # A service that starts as root and may become somebody else.
  capability chown,
  capability dac_override,
  capability fowner,
  capability fsetid,
  capability kill,
  capability setgid,
  capability setuid,
}
