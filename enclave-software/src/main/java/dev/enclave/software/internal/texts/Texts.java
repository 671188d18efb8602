package dev.enclave.software.internal.texts;

import dev.enclave.internal.Text;

/** All that the software backend says. */
public enum Texts implements Text {
  // -- software
  DETECTED_DIRECTORY("key directory {directoryText}"),
  DIRECTORY_UNKNOWN("unknown: set {setting}"),
  NO_ACCESS_POLICY(
      "No access policy is needed: the software backend calls no service. The user that runs the"
          + " process must own {directoryText} with mode 0700, and nobody else needs any right to"
          + " it."),
  THE_KEY_DIRECTORY("the key directory"),

  // -- backend
  OTHER_KEYS_NAMED(
      "The keys named are not those of store {directory}: it has {found}. Name exactly these."),
  NO_STORE("There is no store in {directory}."),
  STORE_OPENS("Store {directory} opens, so nothing in it needs to be given up."),
  SINGLE_KEYS("{observed} To remove single keys, use: enclave keys disable, enclave keys destroy."),
  PASSPHRASE_NEEDED("Environment {environment} needs a passphrase.", "Give the new one."),
  NEW_PASSPHRASE_TOO_LONG("The new passphrase has {count} bytes.", "Give one of 1 to 4096 bytes."),
  OPENS_WITH_NEW_PASSPHRASE("Store {directory} opens with its new passphrase alone."),
  NOT_ALL_RESEALED(
      "Every readable key has its new seal; but {count} cannot be read ({names}{others}), and for"
          + " them the old master key is kept.",
      "{reason} Then reseal again."),
  AND_OTHERS(" and others"),
  SECRET_SOURCE_AND_SETTING(
      "The SecretSource answers for {setting}, and {otherSetting} is set too.",
      "Use only one of them."),
  BOTH_PASSPHRASE_SETTINGS("Both {setting} and {otherSetting} are set.", "Set only one of them."),
  NO_HOME("Neither {setting} nor the system property user.home is set.", "Set {setting}."),
  DIRECTORY_NOT_NAMEABLE(
      "Setting {setting} is {value}, which no key handle can hold.",
      "Set it to a path of up to 512 printable characters."),
  SETTING_NO_PATH("Setting {setting} is {value}, which is no path.", "Set it to an absolute path."),
  THE_SECRET_SOURCE("the SecretSource for {setting}"),
  PASSPHRASE_LENGTH(
      "The passphrase of {setting} has {lengthInWords}.",
      "Give one of 1 to {most} bytes by {setting}; for a store that is there, its own."),
  NO_CHARACTERS("no characters"),
  MORE_THAN_BYTES("more than {most} bytes"),
  PASSPHRASE_FILE_UNREADABLE(
      "Setting {setting} names {fileName}, which cannot be read, or is no regular file.",
      "Put the passphrase there, for the user of this process to read, or correct {setting}."),
  PUT_BACK("Put {path} back from a copy of the directory."),
  DIRECTORY_MODE("{reason}", "Make {directory} a directory of mode 700 of this user."),
  DIRECTORY_NOT_WRITABLE(
      "Directory {directory} is not writable.",
      "Mount it writable and give it to this process's user: chmod 700 {directory}"),
  PASSPHRASE_EXPOSED(
      "Other users may read or replace the passphrase: file {file} has mode {mode}.",
      "Set it with: chmod 600 {file}. In a pod, set defaultMode: 0440 and fsGroup."),
  GIVE_DIRECTORY(
      "Give {directory} to the user of this process: chown it, and chmod 700 {directory}"),
  READ("read {directory}"),
  WRITE("write {directory}"),
  CREATING_KEYS("creating keys"),
  NEXT_START_FAILS(
      "The keys are open now, but the next start would fail: {reason}",
      "Back the keys up now with: enclave keys backup."),
  KEYS_IN_PLAINTEXT(
      "The keys have PLAINTEXT assurance: the key to them, {path}, lies beside them, and no"
          + " passphrase protects it.",
      "For keys worth keeping give the store a passphrase with: enclave keys reseal, and set"
          + " {setting}."),
  RESEAL_CUT_SHORT(
      "A reseal of store {directory} is under way or was cut short: some keys may still be under"
          + " the old master key.",
      "Unless it is under way, complete it with: enclave keys reseal."),
  KEY_STORE_IN("a key store in {directory}"),
  NO_PASSPHRASE(
      "No passphrase protects the software keys in {directory}, and environment {environment}"
          + " needs one.",
      "Set {setting} or {otherSetting}."),
  KEY_FILE_NOT_ALLOWED(
      "Store {directory} is protected by the key file {path} alone, which only a LOCAL environment"
          + " allows; this one is {environment}.",
      "Set enclave.environment=local if this is where its keys are used: keys of LOCAL sign"
          + " nowhere else. Else set {setting} to the directory of this environment's keys."),
  STORE_WITHOUT_PASSPHRASE(
      "{setting} is set, but store {directory} has no passphrase.",
      "Remove the setting, and give the store the passphrase with: enclave keys reseal."),
  PASSPHRASE_NOT_SET(
      "Store {directory} is protected by a passphrase and none is set.",
      "Set {setting} or {otherSetting}."),
  STORE_OF_ANOTHER_BACKEND(
      "Store {directory} is one of another backend: its protection is {protection}.",
      "Open it with backend {backend}, or set {setting} to the directory that has this backend's"
          + " keys."),
  WRONG_PASSPHRASE(
      "The passphrase of {setting} is not the one that store {directory} was made or last resealed"
          + " with.",
      "Give that one by {setting}."),
  WRONG_KEY_FILE(
      "Key file {path} does not belong to {otherPath}.",
      "Put both back from one copy of the directory."),
  PARAMETERS_MISSING(
      "File {path} is missing, but there are keys in {directory}.",
      "Put it back from a copy of the directory; no key can be used without it."),
  STORE_TAKEN_AWAY("Store {directory} was taken away."),
  KEY_CAN_STILL_BE_USED(
      "Key {key} in store {directory} can still be used.",
      "Disable and destroy it first with: enclave keys disable, enclave keys destroy."),

  // -- directory
  SET_KEY_DIRECTORY(
      "Set {setting} to the directory that has this service's keys, and start it as the user that"
          + " made them; one that never had keys takes a new directory, which Enclave makes."),
  DIRECTORY_NOT_WRITABLE_BY_US("This process may not write to {directory}."),
  IS_NO_DIRECTORY("{directory} is not a directory."),
  DIRECTORY_SHARED("{directory} is not for the keys of this process alone: it {shared}."),
  IS_STICKY("is a directory that users share (it has the sticky bit)"),
  BELONGS_TO_USER("belongs to user {nameText}"),
  HOLDS_OTHER_FILES("holds other files ({nameText})"),
  NOTHING_TO_MAKE_IT_IN("There is no {path} to make {directory} in."),
  NOT_A_DIRECTORY("is not a directory"),
  MAY_NOT_BE_WRITTEN("may not be written by this process"),
  DIRECTORY_NOT_MADE("Directory {directory} cannot be made: {path} {why}."),
  CHANGE_NOT_KNOWN("Whether the change is there is not known: {lost}"),
  CLAIM_LOST(
      "a file in {path} was deleted, replaced or opened by somebody else while this thread relied"
          + " on it. Repeat the call, and delete nothing in the store while a process uses it."),
  LOCK_HELD(
      "Another thread or process held {path} until the deadline. Repeat the call; if it lasts,"
          + " look for a process that hangs."),
  INTERRUPTED_IN_LOCK(
      "The thread was interrupted while it waited for a lock of {directory}.", "Repeat the call."),

  // -- disk
  MAY_NOT_READ(
      "This process may not read {path}.",
      "Start the service as the user that made the keys there."),
  LEFT_AS_IT_IS("{path} was left as it is: {reason}"),
  MAY_NOT_WRITE(
      "This process may not write {path}.",
      "Start the service as the user that made the keys there."),
  READ_ONLY_FILE_SYSTEM("{path} is on a read-only file system.", "Mount it writable."),
  NO_SPACE("No space is left to write {path}.", "Free some."),
  NOT_DURABLE(
      "Directory {directory} was changed but could not be made durable ({type}).",
      "Repeat the call; if it fails again, check the disk."),
  INTERRUPTED_BEFORE("The thread was interrupted before {path} was {verb}.", "Repeat the call."),
  DISK_FAILED("{path} could not be {verb} ({type}).", "Check the disk and its free space."),

  // -- masters
  IS_MISSING("is missing"),
  IS_ANOTHER_STORES("is now that of another store"),
  PARAMETERS_REPLACED(
      "File {path} {what}.",
      "Put it back from a copy of the directory; no key can be used without it."),
  RESEALED_ELSEWHERE(
      "Store {directory} has been resealed by another process, perhaps under a new passphrase.",
      "Restart this one with the passphrase that the store has now."),
  NO_SEALING_KEY("{place} has no sealing key (any more) for store {directory}."),
  OTHER_SEALING_KEY(
      "The sealing key that {place} has for store {directory} is not the one it was made with, or"
          + " {path} was changed."),
  KEYS_LOST(
      "{observed}{keysInWords} {recovery} If that is not possible, begin anew with: enclave keys"
          + " reinitialise; and restore keys from their backups with: enclave keys restore."),
  NO_KEYS_IN_IT(" There are no keys in it."),
  KEYS_WITHOUT_IT("{theKeys}{names}{cannotBeUsed} without it."),
  ITS_ONLY_KEY("Its only key ("),
  NONE_OF_ITS_KEYS("None of its {count} keys ("),
  CANNOT_BE_USED(") cannot be used"),
  CAN_BE_USED(") can be used"),
  KEY_FILE_MISSING(
      "Key file {path} is missing.",
      "Put it back from a copy of the directory; no key can be used without it."),
  FORMAT_UNKNOWN("{path} has format {format} but this Enclave knows 1.", "Use a newer Enclave."),
  ARGON_PARAMETERS(
      "File {path} is damaged or was changed: it asks for a key by Argon2id with {memoryKib} KiB,"
          + " {iterations} passes and {parallelism} lanes, which Enclave neither writes nor"
          + " computes.",
      "Put it back from a copy of the directory."),
  PARAMETERS_DAMAGED(
      "File {path} is damaged or was changed.",
      "Put it back from a copy of the directory; no key can be used without it."),

  // -- records
  DIRECTORY("directory {directory}"),
  FILE("file {path}"),
  RECORD_CUT_SHORT(
      "File {path} is damaged: it is too short. Put it back from a copy of the directory, or move"
          + " the folder away and restore the key from its backup with: enclave keys restore."),
  RECORD_MISSING(
      "Folder {path} has sealed files of key {key} but no {otherPath}. Put that file back from a"
          + " copy of the directory, or move the folder away and restore the key from its backup"
          + " with: enclave keys restore. Only if the key was never used, remove the folder."),
  RECORD_EXISTS("Key {key} has a record already."),
  RECORD_GONE("Key {key} has no record any more.", "Load it again."),
  RECORD_CHANGED("The record of key {key} was changed meanwhile."),
  RECORD_REPLACED("The record of key {key} was replaced."),
  KEY_CHANGED("Key {key} was changed already."),
  OTHER_MASTER_KEY(
      "It is sealed under a master key that this store has no longer: it is from before a reseal,"
          + " or was changed.",
      "Restore the key from its backup with: enclave keys restore; or put back a copy of the whole"
          + " directory, of one time."),
  DATA_KEY_DAMAGED(
      "Its data key is damaged or was changed.",
      "Put the file back from a copy of the directory, or move its folder away and restore the key"
          + " from its backup with: enclave keys restore."),
  RESEALED_MEANWHILE(
      "The store was resealed while the key was written, and nothing was changed.",
      "Repeat the call."),

  // -- sealing
  FILE_DAMAGED(
      "File {name} is damaged or was changed.", "Put it back from a copy of the directory."),
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
