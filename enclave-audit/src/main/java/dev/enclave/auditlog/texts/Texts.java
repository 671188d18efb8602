package dev.enclave.auditlog.texts;

import dev.enclave.internal.Text;

/** All that the audit log says. */
public enum Texts implements Text {
  // -- check
  NO_RECORDS("there are no records in {directory}, and every start writes one"),
  MISSING("{file} is missing"),
  LANE_WITHOUT_RECORDS(
      "{file} is there and no record of lane {lane}: the process was killed before it wrote one, or"
          + " somebody removed them"),
  RECORDS_GONE("lane {lane}: records 1 to {last}"),
  NO_CHECKPOINT_KNOWS(
      "lane {lane}: no checkpoint knows of it, though one follows every start: the process was"
          + " killed before, or the checkpoint was cut off"),
  SEGMENT_BEGINS_ELSEWHERE("does not begin where the segment before it ends"),
  SEGMENT_DOES_NOT_FOLLOW("does not follow from the segment before it"),
  RECORD_PROBLEM("record {number}: {problem}"),
  NUMBERED("{file} number {number}: {problem}"),
  THE_LAST_ONE("{file}, the last one: {problem}"),
  NOT_THE_KEPT_ONE("it is another one than the checkpoint that was kept outside"),
  FEWER_CHECKPOINTS(
      "the log has {count} checkpoints and the one kept outside is number {keptNumber}"),
  PROOF_OF_GROWTH("proof between two checkpoints"),
  NOT_ALL_BEFORE("the checkpoints before are not all those of the kept one"),
  OTHER_LANES("it is of other lanes than the kept checkpoint"),
  RECORDS_DO_NOT_GO_ON("the records of lane {lane} do not go on from those of the kept one"),
  PROVES_NOTHING("The proof proves nothing"),
  NO_CHECKPOINT_FOR_RETENTION(
      "There is no checkpoint, and a retention and records that may be gone are used together with"
          + " one only. Give a checkpoint that was kept."),
  STREAM_UNREADABLE(
      "The captured stream cannot be read to its end: {reason}. Give a file that can."),
  THE_CHECKPOINT("The checkpoint"),
  COMMAND_CHECKPOINT("enclave audit checkpoint"),
  CHECKPOINT_NOT_TRUSTED(
      "The checkpoint cannot be trusted", "Use a checkpoint and verifier keys of one log."),
  NOTHING_TO_CHECKPOINT("The audit log has no records to make a checkpoint of. Use a key first."),
  NO_NEW_CHECKPOINT(
      "The audit log in {directory} gets no new checkpoint: {why}{end}See that the backend that"
          + " countersigns answers and the log can be written, and try again."),
  THE_PROOF("The proof"),
  COMMAND_PROVE("enclave audit prove"),
  DO_NOT_RELY("Do not rely on the record."),
  NO_COUNTERSIGNATURE(
      "A proof without its countersignature proves nothing. Check it without the waiver."),
  COMMAND_PROVE_SINCE("enclave audit prove --since"),
  KEEP_BOTH("Keep both checkpoints and find out who changed the log."),
  RECORDS_LOST(
      "The log has grown, and has lost records: {removal}. Keep both checkpoints and find out who"
          + " removed the records."),
  LOG_UNREADABLE(
      "The audit log in {directory} cannot be read: {how}. Check enclave.audit.directory and its"
          + " rights."),
  NOT_A_DIRECTORY("it is not a directory"),
  LOG_UNWRITABLE(
      "The audit log in {directory} cannot be written: {how}. Start the service as the user whose"
          + " log it is, or set enclave.audit.directory to a place of its own."),
  NO_SUCH_DIRECTORY("there is no such directory"),
  LOG_CORRUPT(
      "The audit log in {directory} is not as it was written: {reason}. Keep a copy of it and find"
          + " out who changed it."),
  THE_VERIFIER_KEY("The verifier key"),
  COMMAND_INIT("enclave init"),
  NOT_USABLE("{what} cannot be used: {reason}. Give a file that {command} has written."),
  IN_NO_CHECKPOINT(
      "Record {sequence} of lane {lane} is in no checkpoint; the newest has seen {count} records of"
          + " the lane. Run enclave audit checkpoint, or choose another."),
  REMOVED_BY_RETENTION(
      "Retention has removed records 1 to {count} of lane {lane}. Choose a later one."),
  NOT_THE_NEWEST_LANE("lane {lane} is not the one the newest checkpoint has seen"),
  NOT_THE_SEEN_LANE("lane {lane} is not the one a checkpoint has seen"),
  REMOVED_UNSEEN(
      "Retention has removed records 1 to {to} of lane {lane}, and the checkpoint has seen only"
          + " {seenCount} of them. Choose a later checkpoint, and fetch proofs before retention"
          + " removes what they need."),
  LANE_SHORTER("lane {lane} has become shorter"),
  RETENTION_STATED("its checkpoints state a retention of {age}, in force from {from} on"),
  NO_RETENTION("its checkpoints state no retention: everything is kept"),
  UNCOVERED("{count} records are in no checkpoint{newest}"),
  NEWEST_OF("; the newest one is of {at}"),
  AND_NONE(", and there is none"),
  NO_RECORD_IN_LINE(
      "Lane {lane} of the audit log has a line that is no record. Run enclave audit verify."),
  PROOF_OF_RECORD("proof of an audit record"),
  NOT_COMMITTED("the checkpoint does not commit to the record"),
  NO_SEQUENCE_NUMBER("the record has no sequence number"),
  NO_LOG_TO_PROVE(
      "There is no audit log to prove public keys. Name the directory of one at least."),
  HANDLE_WITHOUT_FINGERPRINT(
      "The handle of key {keyName} names no fingerprint to begin at. Give the handle of a signing"
          + " key as it was when its first version was there."),
  LOG_PROVES_NO_KEY(
      "The audit log in {directory} proves no public key: {problem}. Run enclave audit verify."),
  FIRST_KEY_NOT_RECORDED(
      "No audit log that was read has a record of the public key {fingerprint}, by which the handle"
          + " knows the first version of key {keyName}. Read the log of the process that made the"
          + " key, or give the key's own handle."),
  NO_SUCCESSION_STATEMENT(
      "Record {lane}/{sequence} of the audit log is of {operation} and has no succession statement"
          + " that can be read. Run enclave audit verify."),

  // -- checkpoint
  NO_SIGNED_NOTE("it is no signed note: {reason}"),
  NO_CHECKPOINT("it is no checkpoint of an audit log"),
  NOT_IN_ITS_TREE("the checkpoint is not in the tree it signs"),
  NOT_AFTER_THE_ONE_BEFORE("it does not follow from the one before it"),
  COUNTERSIGNER_NOT_NAMED("it does not name the countersigner of the one before it"),
  SAYS_LESS("it says less of lane {lane} than the one before it"),
  REMOVAL_TAKEN_BACK("it takes a removal back"),
  RETENTION_TAKEN_BACK("it takes the retention back"),
  NO_COUNTERSIGNER_YET("No countersigner is named yet: {reason}"),
  FILE_SHORTER("{file} has become shorter"),
  ANOTHER_COUNTERSIGNER("{file} names another countersigner than the checkpoints"),
  LAST_CHECKPOINT_REMOVED(
      "The last checkpoint of the audit log has no countersignature and is removed: a crash cut it,"
          + " or somebody without the backend's key wrote it."),
  CHECKPOINTS_AGAIN("Checkpoints of the audit log are made again."),
  CHECKPOINT_NOT_MADE(
      "No checkpoint of the audit log could be made ({why}); records are written all the same."),
  PLACE("backend {backend} ({authority}), key {keyName}, version {version}"),
  COUNTERSIGNATURE_WRONG(
      "Backend {backend} signed a checkpoint, and the signature does not verify with the public key"
          + " of {keyName}. The answer is withheld."),
  KEPT_DIFFER("two kept checkpoints are number {number} and are not the same"),
  KEPT_DO_NOT_GO_ON(
      "kept checkpoint number {number} does not go on from number {earlierNumber}, the kept one"
          + " before it: {reason}"),
  NO_KEPT_COVERS("{gone}, and no kept checkpoint covers them; add one that was kept later"),
  RECORDS_REMOVED("lane {lane}: records {begin} to {last} have been removed"),
  KEPT_COVERS("{gone}, and the kept checkpoint of {kept} covers them"),
  LESS_THAN_A_DAY(
      "{observed}; at {now} by this machine's clock it is less than a day old, and retention"
          + " removes nothing so young"),
  REMOVED_TO("{observed}{retention}, --removed-to {lane}:{last}"),
  YOUNGER_THAN_STATED(
      "; at {now} by this machine's clock it is younger than the stated retention, {age}: add a"
          + " checkpoint that was kept earlier, or state which records are expected to be gone"),
  STATE_RETENTION(
      "; if that is expected, state the retention, such as --retention P400D, with a checkpoint"
          + " that was kept that long, or the last record that may be gone"),
  LANES_NOT_SAID("a checkpoint does not say what lanes there are"),
  IDENTITY_MISSING("{file} is missing and there are checkpoints"),
  PRIVATE_MISSING("{file} is missing, which signs the checkpoints"),
  DO_NOT_BELONG_TOGETHER("{private} and {public} do not belong together"),
  NO_ED("{file} is no Ed25519 key"),
  TOO_LONG("it is longer than {most} bytes"),
  RECORD_WITHOUT_TIME("{segment} begins with a record without a time"),
  OF_ANOTHER_LOG("it is of another log than the verifier key"),
  COUNTERSIGNED_BY_ANOTHER(
      "it is countersigned by {countersigner}, which is not the given verifier key"),
  NOT_COUNTERSIGNED("it is not countersigned, and the verifier keys name {countersigner}"),
  SIGNATURE_MALFORMED("a signature line is malformed"),
  SIGNATURE_TOO_SHORT("a signature is too short"),
  SIGNATURE_INVALID("the signature of {verifier} is not valid"),
  CONTROL_CHARACTERS("it has control characters"),
  NO_NOTE("it has no text, empty line and signatures"),
  TOO_MANY_SIGNATURES("it has more than {most} signatures"),
  NOT_UTF("it is not UTF-8"),
  NOT_SIGNED_BY("it is not signed by {verifier}"),
  RETENTION_CHANGE("from {earlier} to {age}"),
  NO_VERIFIER_KEY("it is no verifier key (name+id+key)"),
  WRONG_ID("the id of the verifier key is not that of the key"),
  NO_VALID_PUBLIC_KEY("the verifier key holds no valid public key"),
  UNKNOWN_TYPE("the verifier key is of an unknown type"),
  NOT_BASE("a part of it is not base64"),
  NO_VERIFIER_KEYS("it is no verifier key (name+id+key), or more than two"),
  NOT_OF_ONE_LOG("its two verifier keys are not those of one log"),

  // -- file
  NO_REGULAR_FILE("{path} is no regular file"),
  NOT_AS_SEEN("is not of the records that a checkpoint has seen"),
  CUT_OFF_AT("record {number}: it is cut off or empty"),
  CUT_OFF("it is cut off or empty"),
  NOT_A_RECORD("it is not a record"),
  NOT_CANONICAL("it is not in canonical form"),
  NOT_ITS_HASH("its content does not match its hash"),
  ITS_NUMBER("its sequence number is {sequenceNumber}"),
  NOT_AFTER_RECORD_BEFORE("it does not follow from the record before it"),
  NOT_THOSE_SEEN("the records up to it are not those a checkpoint has seen"),
  ENDS_EARLY("ends after record {count}, and a checkpoint has seen {seen}"),
  FIRST_RECORDS_LOST("has lost its first records, and no checkpoint tells what they were"),
  END_CUT_OFF("it has {count} records and a checkpoint has seen {seen}, so its end was cut off"),
  LINE_TOO_LONG("a line is longer than {most} bytes"),
  FIRST_NOT_SEEN("its first {count} records are not those a checkpoint has seen"),
  STATE_MALFORMED("a segment's state is malformed"),
  STATE_OF_ANOTHER("{file} is that of another segment"),
  LAST_TOO_LONG("its last record is longer than {most} bytes"),
  LAST_INCOMPLETE("its last record is incomplete"),
  LAST_WITHOUT_NUMBER("its last record has no sequence number"),
  LAST_NO_RECORD("its last line is no record: {reason}"),

  // -- records
  KILLED_BEFORE(
      "{begun} has no STOP before record {number} begins the next: it was killed, or its last"
          + " records were cut off"),
  NO_STOP("{begun} has no STOP: it goes on, or was killed, or its last records were cut off"),
  END_NOT_CONFIRMED(
      "lane {lane}: no checkpoint confirms its last end (record {number}, STOP): its checkpoint"
          + " could not be made, or its last records were cut off and the end was added"),
  WHAT_BEGAN("lane {lane}: what record {number} (START) began"),

  // -- stream
  SINK_THREW("it threw {class}"),
  OUTPUT_FAILS(
      "The audit output {output} does not take records ({why}); the audit log itself has them."),
  STREAM_EMPTY("there are no records in it, and every start writes one"),
  LINE_TOO_LONG_AT("line {line}: it is longer than {most} bytes"),
  LINE_PROBLEM("line {line}: {problem}"),
  LINE("line {line}"),
  RECORD_AT("record {numbered}"),
  WITHOUT_A_NUMBER("without a number"),
  CONTENT_NOT_ITS_HASH("{record}: its content does not match its hash"),
  IN_NO_FORM("{record}: it is in none of the forms in which records are written"),
  SECOND_TIME("it is there a second time"),
  RECORDS_MISSING("records are missing before it"),
  FORK("a fork: another record already follows the one it names"),
  NUMBER_EXPECTED("it is number {expected} of its chain"),
  BEGINS_UNNAMED("it begins a chain and does not name it"),
  BEGINS_NOT_FIRST("it begins a chain and is not number 1"),
  FORK_AT_BEGINNING("a fork: another record begins this chain"),

  // -- trail
  TIMES_UNREADABLE("The times of the audit log's records cannot be read ({reason})."),
  CLOSED_MEANWHILE(
      "This Enclave has been closed meanwhile, so nothing was done. Open one per service and close"
          + " it when the service ends."),
  THE_SINK_THREW("the sink threw {class}"),
  LOG_NOT_WRITTEN(
      "The audit log cannot be written ({why}); operations go on unrecorded until it can."),
  LOG_NOT_WRITABLE(
      "the audit log cannot be written: {why}",
      "free the disk or correct the rights of enclave.audit.directory"),
  LOG_NOT_CLOSED("The audit log could not be closed: {reason}"),
  LOG_NOT_CLOSED_SINCE("The audit log could not be closed: the sink threw {class}"),
  CLOSED_UNDER_WAY(
      "The audit log is closed while operations are under way; their outcomes are not recorded and"
          + " their results not released."),
  CHARACTERS("{count} characters"),
  MEMBERS("{count} members"),
  DIGESTED("{what}, SHA-256 {digest}"),
  OUTLIVED(
      "This Enclave was closed while this operation was under way, and closing waits {seconds}"
          + " seconds at most. The audit log has no outcome of it, so its result is not released;"
          + " it may have been carried out. Look before you repeat it, and let operations end"
          + " before you close."),
  REQUIRED(
      "The audit log cannot be written ({why}) and the policy needs it, so {consequence} Free the"
          + " disk or correct the rights of enclave.audit.directory."),
  NOT_RELEASED(
      "the result of this operation is not released. What it changes was changed; look before you"
          + " repeat it."),
  NOTHING_DONE("nothing is done."),
  NOTHING_DESTROYED(
      "The audit log cannot be written ({why}) and is to keep the public key of a version that the"
          + " backend forgets, so nothing is destroyed. Free the disk or correct the rights of"
          + " enclave.audit.directory."),
  LOG_UNREAD(
      "The audit log cannot be read ({why}) and is to have the public key of a version that the"
          + " backend does not tell, so nothing is destroyed. Correct the rights of"
          + " enclave.audit.directory."),
  LOST_OPERATION("{operation}{ofKey} (operation {operationId})"),
  OF_KEY(" of {keyName}"),
  RECORDS_NOT_WRITTEN(
      "{records} of the audit log could not be written{reasonGiven} and {verb} lost:"
          + " {operations}{others}. What was to be recorded was done. Free the disk or correct the"
          + " rights of enclave.audit.directory before anything else is done."),
  ONE_RECORD("1 record"),
  RECORDS("{count} records"),
  AND_OTHERS(" and others"),

  // -- write
  LANE_MISSING("lane {lane} is missing, of which a checkpoint has seen {count} records"),
  LAST_NUMBER("its last record has number {sequence} and is the {count}th"),
  THERE_BEFORE("{segment} is there before it was begun"),
  RECORD_MALFORMED("a record of {segment} is malformed"),
  NO_CHECKPOINT_OF_START("No checkpoint of the start could be made ({reason}); it is tried again."),
  LOCK_LOST(
      "The lock file of lane {lane} of the audit log in {directory} was deleted, replaced or opened"
          + " by somebody else. Records go on in lane {nextLane}. Leave lock files alone while a"
          + " process runs."),
  NOT_FLUSHED("The audit log could not be flushed: {reason}"),
  WRITER_FAILED("the writer failed with {class}"),
  NO_DIRECTORY("{path} is not a directory"),
  NOT_WRITABLE("{path} may not be written by this user"),
  ALL_LANES_IN_USE("all {most} lanes are in use by running processes"),
  OWN_DIRECTORY("Give some of them an enclave.audit.directory of their own."),
  SET_DIRECTORY(
      "Set enclave.audit.directory to a place that this user alone may write to; if the log is"
          + " there already, start the service as the user that made it."),
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
