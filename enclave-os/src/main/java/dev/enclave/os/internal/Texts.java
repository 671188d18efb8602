package dev.enclave.os.internal;

import dev.enclave.internal.Text;

/** All that the backend on the operating system's store says. */
public enum Texts implements Text {
  // -- os
  NO_ACCESS_POLICY(
      "No access policy is needed: the store is that of the user who runs the process, and every"
          + " process of that user can read it while it is unlocked."),
  USE_ANOTHER_BACKEND("{unknown}.", "Use another backend."),
  SYSTEM_UNKNOWN(
      "backend os knows no store of operating system {system}: it supports Linux, Windows and"
          + " macOS"),
  NAME_NOT_SET("(os.name is not set)"),

  // -- internal
  NO_UNLOCK_TIMEOUT(
      "Setting {setting} is {value}, which is no duration from PT0S to PT10M.",
      "Set it to one, such as PT1M."),

  // -- linux
  START_SECRET_SERVICE(
      "Install and start one, such as GNOME Keyring; without a desktop: gnome-keyring-daemon"
          + " --unlock --components=secrets, with the keyring's password on its standard input."),
  SESSION_IS_OVER(
      "The D-Bus session bus at {address} lets nobody in: the session is over, or it is another"
          + " user's.",
      "Log in anew, or start a session: dbus-run-session -- PROGRAM"),
  NO_SECRET_SERVICE(
      "There is a D-Bus session bus, but no Secret Service on it, and none that it could start.",
      "{start}"),
  DBUS_POLICY_FORBIDS(
      "The D-Bus policy of this machine keeps this process from the Secret Service.",
      "In a sandbox, allow it to talk to {service}."),
  SECRET_SERVICE_REFUSED(
      "The Secret Service refused, or could not be started by D-Bus ({type}).",
      "If it runs, look into its log (journalctl --user). {start}"),
  SECRET_SERVICE_ENDED(
      "The Secret Service ended, or gave no answer, while it was asked.",
      "If that stays so, start it anew: log out and in, or: gnome-keyring-daemon --replace"
          + " --unlock --components=secrets."),
  NOBODY_WAS_ASKED("Nobody was asked to unlock it."),
  NOBODY_ANSWERED("Nobody answered within {within}."),
  PROMPT_DISMISSED("Its prompt was dismissed, or could be shown to nobody."),
  INTERRUPTED("The thread was interrupted while the user was asked.", "Repeat."),
  NO_CONSENT(
      "The Secret Service wanted the user's consent to keep or remove a sealing key. {detail}",
      "Start again where the user can answer, or have it done unasked (KeePassXC: settings, Secret"
          + " Service Integration)."),
  KEYRING_LOCKED(
      "The keyring is locked. {detail}",
      "Unlock it: log in to the desktop with its password, or use Seahorse, KWalletManager or"
          + " KeePassXC; GNOME Keyring without a desktop takes its password by: gnome-keyring-daemon"
          + " --unlock. A wrong password is not reported there: the keyring just stays locked."),
  NO_KEY_AGREED(
      "The Secret Service agreed on no key for {algorithm}.",
      "Use a service that encrypts, such as GNOME Keyring."),
  SEVERAL_ITEMS(
      "The Secret Service has {count} items for one store: somebody has copied one.",
      "Remove all but the first, for example with Seahorse; each is labelled: Enclave sealing"
          + " key."),
  ANSWER_NOT_ENCRYPTED(
      "What the Secret Service answered is not encrypted for this session.",
      "Try again; if it stays, log out and in."),
  NO_DEFAULT_COLLECTION(
      "The Secret Service has no default collection (keyring) to keep a key in.",
      "Make one, with Seahorse (Passwords: new keyring, Set as default) or by logging in to the"
          + " desktop once; GNOME Keyring without a desktop makes one with: gnome-keyring-daemon"
          + " --unlock."),
  THE_SECRET_SERVICE("the Secret Service"),
  RECOVERY_OF_KEYRING(
      "If the keyring was reset or replaced, put its file back from a copy (GNOME Keyring keeps it"
          + " in ~/.local/share/keyrings, KWallet in ~/.local/share/kwalletd, KeePassXC in its"
          + " database), and log in again."),
  NO_DBUS_JAVA(
      "dbus-java is missing from the class path, or in another version ({type}).",
      "Add what dev.enclave:enclave-os depends on."),
  START_SESSION(
      "Log in to a desktop session, or start one around the program: dbus-run-session -- PROGRAM"),
  DBUS_SESSION_BUS("D-Bus session bus at {address}"),
  NO_SIGN_OF_SECRET_SERVICE(
      "there is a D-Bus session bus, but no sign of a Secret Service. Install and start one, such"
          + " as gnome-keyring; or set enclave.backend=os if one runs"),
  GNOME_KEYRING_LISTENS("GNOME Keyring listens at {socket}"),
  DBUS_STARTS_SECRET_SERVICE("D-Bus starts a Secret Service by {file}"),
  BUS_IS_NO_SOCKET(
      "{variable} names a bus that is no socket file (it must begin with unix:path=), so no Secret"
          + " Service can be reached.",
      "{startSession}"),
  SOCKET_MISSING(
      "{variable} names the socket {socket}, which does not exist: that session is over.",
      "{startSession}"),
  NO_SESSION_BUS(
      "There is no D-Bus session bus, which the Secret Service needs: {variable} is not set, and"
          + " there is no socket bus in {runtime}.",
      "{startSession}"),

  // -- macos
  THE_KEYCHAIN("the keychain"),
  RECOVERY_OF_KEYCHAIN(
      "If the login keychain was reset, put its file in ~/Library/Keychains back from a copy,"
          + " under the password it had then."),
  NO_JNA_FOR_KEYCHAIN(
      "JNA, by which the keychain is called, cannot be loaded ({type}).",
      "Add what dev.enclave:enclave-os depends on, and let java.io.tmpdir be a folder that"
          + " programs may run in."),
  KEYCHAIN_LOCKED(
      "The keychain is locked, and nobody can be asked here{name}",
      "Log in to the desktop; over SSH unlock it first: security unlock-keychain."),
  NOT_ALLOWED_TO_READ(
      "The user, or the item's access list, did not allow this program to read the sealing"
          + " key{name}",
      "Start again and choose Allow. After a change of JDK macOS asks anew, since the list names"
          + " the java program."),
  NO_DEFAULT_KEYCHAIN(
      "This user has no default keychain{name}",
      "Log in to the desktop once, or choose one in Keychain Access; a daemon without a user's"
          + " session has none."),
  ENTITLEMENT_MISSING(
      "macOS wants an entitlement that a plain java has not{name}", "Run without a sandbox."),
  KEYCHAIN_REFUSED("The keychain refused{name}", "See what it means: security error {status}."),
  KEYCHAINS_OF_MACOS("the keychains of macOS in {folder}"),
  NO_KEYCHAIN_FOLDER(
      "there is no {folder}, so this user has no login keychain. Log in to the desktop once"),
  OS_STATUS("OSStatus {status}"),

  // -- windows
  RECOVERY_OF_DPAPI(
      "Put %LOCALAPPDATA%\\Enclave\\sealing-keys back from a copy, as the same user of the same"
          + " machine; a password that an administrator reset makes DPAPI forget, until the old one"
          + " is set again."),
  DPAPI_DOES_NOT_OPEN(
      "DPAPI does not open {path} ({name}): the file was changed, or it is another user's or"
          + " machine's.",
      "{recovery} If that is not possible, begin anew with: enclave keys reinitialise; and restore"
          + " keys from their backups with: enclave keys restore."),
  ERROR_NUMBER("error 0x{hex}"),
  DPAPI_REFUSED(
      "DPAPI refused to {verb} the sealing key ({name}).",
      "Run as a user whose profile is loaded, not as a service without one."),
  FILE_NOT_USABLE(
      "{path} cannot be read or written ({type}).",
      "Check the disk, and that this user may use the folder."),
  NO_JNA_FOR_DPAPI(
      "JNA, by which DPAPI is called, cannot be loaded ({type}).",
      "Add what dev.enclave:enclave-os depends on, and let java.io.tmpdir be a folder that"
          + " programs may run in."),
  VARIABLE_NOT_SET(
      "{variable} is not set, which names the user's local application data.",
      "Run as a user who has logged in, with a profile."),
  DPAPI_OF_WINDOWS("DPAPI of Windows"),
  VARIABLE_IS_SET("{variable} is set"),
  VARIABLE_NO_PATH("{variable} is {value}, which is no path.", "Set it as Windows does."),
  ;

  private final String lines;

  Texts(String... parts) {
    this.lines = String.join("\n", parts);
  }

  @Override
  public String lines() {
    return lines;
  }
}
