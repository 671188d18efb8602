package dev.enclave.pkcs11.internal.texts;

import dev.enclave.internal.Text;

/** All that the backend for PKCS#11 tokens says. */
public enum Texts implements Text {
  ESTIMATE(
      "nothing at a token of your own, where each request is a call of its library; keys and"
          + " documents take up its memory until the run has destroyed them"),

  // -- calls
  RAISE_SESSIONS("Raise {setting}, if the token allows more, or call less at once."),
  NO_TOKEN(
      "No slot has the token of {setting}. There are: {seen}.",
      "Plug the token in, or correct token, serial, manufacturer, model or slot-id there."),
  NO_OTHER("none"),
  SEVERAL_TOKENS(
      "Several tokens are what {setting} describes. There are: {seen}.",
      "Add serial or slot-id to it."),
  NOT_INITIALISED(
      "The token of {setting} is not initialised.",
      "Initialise it by its maker's program, or pkcs11-tool --init-token, and set a user PIN."),
  ALL_HANG(
      "{number} calls of the PKCS#11 library have not returned.",
      "Look at the token and its daemon. Restart the process."),
  INTERRUPTED("{request}: the thread that waited was interrupted.", "Repeat."),
  RESTART(
      "The PKCS#11 library {library} has lost its state, and another part of this process"
          + " initialised it.",
      "Restart the process."),
  PIN_REFUSED(
      "The token refused the PIN: {said}. {left}",
      "Correct the PIN and restart the process: until then no PIN is sent."),
  PIN_LOCKED_NOW(
      "The token refused the PIN: {said}. {left}",
      "Let the security officer set a new one, by pkcs11-tool --init-pin or the maker's program."
          + " Restart the process then."),
  PIN_EXPIRED(
      "The token refused the PIN: {said}. {left}",
      "Change it, by pkcs11-tool --change-pin or the maker's program. Restart the process then."),
  PIN_WAS_REFUSED(
      "The token refused the PIN before, and no PIN is sent again. {left}",
      "Correct the PIN and restart the process."),
  LEFT_NONE("The PIN is locked now."),
  LEFT_ONE("One more wrong PIN locks it."),
  LEFT_FEWER("The token says that few tries are left."),
  LEFT_UNTOLD("The token does not say that few tries are left."),
  PIN_LOCKED(
      "The token's user PIN is locked, and none was sent.",
      "Let the security officer set a new one, by pkcs11-tool --init-pin or the maker's program."),
  PIN_FINAL_TRY(
      "One more wrong PIN locks the token, and none was sent.",
      "Log in once by another program with the right PIN, which sets the count back."),
  NO_USER_PIN(
      "The token has no user PIN.",
      "Let the security officer set one, by pkcs11-tool --init-pin or the maker's program."),
  NO_PIN("The token wants a PIN, and none is configured.", "Set {setting}, or a SecretSource."),
  THREADS_HANG(
      "{number} calls of the PKCS#11 library have not returned, each in a thread of its own.",
      "Look at the token and its daemon. Restart the process if that lasts."),
  COUNT_LOW(
      "Somebody sent the token a wrong PIN.",
      "Find out who did: after a few more the token locks its PIN."),
  PIN_TO_BE_CHANGED(
      "The token wants its PIN to be changed.", "Change it, by pkcs11-tool --change-pin."),
  LOCK_HELD(
      "Another thread or process of this host changes keys of the token, by the lock in {directory}.",
      "Repeat. If it lasts, look for a process that hangs in a call of the token."),
  LOCK_IMPOSSIBLE(
      "The lock in {directory} cannot be taken ({thrown}).", "Let this process write there."),
  CLAIM_HELD(
      "Another host changes keys of the token, or has died while it did.",
      "Repeat. A dead host's claim counts for two minutes."),
  SETTLED(
      "Who wins a change of a key is decided among the hosts that share the token by a settling rule,"
          + " which is weaker than compare-and-set.",
      "Keep the hosts' clocks within a minute, and enclave.pkcs11.settle-seconds the same on all."),
  CLAIM_LEFT(
      "A host's claim of {time} lies in the token: the host has died, or its clock is wrong.",
      "Set the clocks. The next change removes a claim that is older than two minutes; destroy one"
          + " of the future, a data object of application enclave.claim, by pkcs11-tool."),

  // -- keys
  DOCUMENT("data object {name} of application enclave"),
  NAME_AND_TOKEN("name and token"),
  NO_DOCUMENT("the token has no {document}"),
  NOT_JSON("with a {document} that is none of Enclave's"),
  LABEL_TOO_LONG(
      "Key {name} has a name of {length} bytes, and a CKA_LABEL of this token has {longest}.",
      "Take a shorter name."),
  OTHER_THAN_ASKED(
      "The private key {uri} is there and is not what was asked for, a key for {algorithm} that"
          + " nobody can read.",
      "Find out who made it. Take another name."),
  FORM_OF_KEY("the PKCS#11 URI of a key, such as pkcs11:object=payments or pkcs11:id=%01%02"),
  TOKEN_AND_PIN("token, and whether several keys are called so"),
  SEVERAL_KEYS(
      "{number} private keys of the token are what the URI describes.", "Add id or object to it."),
  OF_TYPE("key type {type}"),
  KEY_IMPORTED("The private key of {name} is in the token already."),

  // -- access
  NOT_HARDWARE(
      "{setting} says {kind}, and the slot does not say that it is hardware: its keys count as"
          + " SOFTWARE.",
      "Correct the setting."),

  // -- settings
  WRITE_URI(
      "Write a URI of RFC 7512 that describes a token, such as"
          + " pkcs11:token=wallet?module-path=/usr/lib/softhsm/libsofthsm2.so."),
  NO_PIN_VALUE("Take pin-value out, and name a file in {setting}."),
  NAME_MODULE("Add the library to it: ?module-path=/usr/lib/softhsm/libsofthsm2.so."),
  PIN_SOURCE_FILE("Write pin-source=file: and the path."),
  SEVERAL_PINS(
      "More than one of {setting}, enclave.pkcs11.pin and a pin-source is set.", "Set one."),
  NO_HOME("The home directory is not known.", "Set {setting}."),
  WRITE_KIND("Write hsm, card or token; leave it out for software."),
  WRITE_UP_TO("Write a whole number from 1 to {most}."),
  WRITE_PATH("Write an absolute path."),
  PIN_FILE_UNREADABLE("The PIN's file {file} cannot be read.", "Let this user read it."),
  PIN_FILE_EMPTY(
      "The first line of the PIN's file {file} is empty, or longer than {most} bytes.",
      "Write the PIN into it."),
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
