package dev.enclave.jobs;

import dev.enclave.internal.Text;

/** All that deferral on a database says. */
enum Texts implements Text {
  // -- jobs
  DATABASE_UNAVAILABLE(
      "The database of deferred operations cannot be used (SQL state {state}, code {number}). No"
          + " ticket is promised; signing without deferral goes on. Check that the database can be"
          + " reached, and look at its log."),
  END_NOT_AUDITED("The end of ticket {after} is not in the audit log: {reason}"),
  FILE_OPEN_ELSEWHERE(
      "The file of deferred operations is open in another process, and H2 is for one. Stop that"
          + " process, ask it for its tickets, or keep them in PostgreSQL."),
  CLOSING_FAILED("Closing H2 failed: {state}"),
  LETTING_GO_FAILED("Letting go of H2 failed: {state}"),
  SEMICOLON_IN_DIRECTORY("Setting enclave.jobs.directory must be a path without ; in it."),
  NOT_SAFE_TO_OPEN("is not safe to open: {reason}"),
  DIRECTORY_NOT_USABLE(
      "names a directory that cannot be created or read ({type}). Start the service as the user"
          + " whose queue it is; one that never had a queue names a directory that can be made."),
  SETTING_DIRECTORY("Setting enclave.jobs.directory {why}"),
  NO_DATABASE(
      "enclave.jobs.kek is set and there is no database for deferred operations. Set"
          + " enclave.jobs.directory to a directory that lasts, or give the builder"
          + " deferral(JobsProvider.on(dataSource))."),
  NOT_DEFERRED_YET("Operations cannot be deferred yet: {reason}"),
  OPERATIONS_WAIT("Deferred operations: {wait} wait, the oldest for {oldest}"),
  NOT_NOW("Not now: {reason}"),
  NOT_WOKEN("Not woken: {name}"),
  NO_SUCH_TICKET("There is no ticket of this id."),
  LISTENER_THREW("A listener of deferred operations threw {name}"),
  OPERATIONS_WAIT_IN_HEALTH(
      "{count} deferred operations wait, the oldest for {oldest}",
      "they are carried out when their backend answers"),
  NOT_DEFERRED_NOW("operations cannot be deferred now: {reason}", "see docs/outages.md"),
  CLOSED_MEANWHILE(
      "This Enclave was closed while the ticket waited. The ticket is stored; ask for it by its"
          + " id."),
  A_DEPLOYMENT("1 to 64 of the characters a-z, 0-9 and -"),
  A_DURATION("a duration of at most P1D, such as PT6H"),
  A_MODE("drain, submit or off"),
  SETTING_INVALID("Setting enclave.jobs.{setting} must be {expected}."),
  OTHER_DEPLOYMENT(
      "Ticket {ticket} is of deployment {other} and this is {deployment}. Ask the deployment that"
          + " submitted it. If that was this one, find out who writes to table enclave_operation."),
  ROW_NOT_STORED_HERE(
      "The row of ticket {ticket} is not what this deployment stored: it was edited, copied or"
          + " moved, or its key was replaced. It is not carried out. Find out who writes to table"
          + " enclave_operation."),
  ROW_PUT_BACK(
      "The row of ticket {ticket} was put back as it was before the ticket ended. It is not"
          + " carried out. Find out who writes to table enclave_operation."),
  AND_MORE_ROWS("{why} The same holds for {count} more rows that were found with it."),
  NOT_POSTGRESQL(
      "The data source for deferred operations is a {product} database. Give one of PostgreSQL, or"
          + " set enclave.jobs.directory."),
  DATABASE_NOT_ANSWERED(
      "The database of deferred operations, or the backend of their KEK, has not answered for"
          + " {seconds} s. Signing without deferral goes on. Look at the database, and give its data"
          + " source timeouts (socketTimeout, connectTimeout)."),
  ONCE_MORE("Once more, after: {reason}"),
  KEK_UNUSABLE(
      "The KEK of deferred operations (enclave.jobs.kek) cannot be used: {reason} No ticket is"
          + " promised until its backend answers once."),
  HAS_BEEN_CLOSED("This Enclave has been closed."),
  CLOSED_WHILE_OPENING("Closed while opening: {name}"),
  TABLES_NOT_MADE(
      "The tables of deferred operations are not there, or are older than this Enclave, and could"
          + " not be created: {reason} Let a user who may create tables run this script:{script}"),
  SCHEMA_IS_NEWER(
      "The tables of deferred operations are of schema {schemaVersion}, and this Enclave knows"
          + " schema {known}: a newer one has upgraded them. Update this one; until then it defers"
          + " nothing and carries nothing out."),
  OPERATION_TOO_LARGE(
      "The operation takes {count} bytes to store, and 4 MiB are the most. Sign without deferral,"
          + " or sign a digest of the message."),
  TICKET_ID_TWICE("A ticket id was given twice, which randomness does not do. Report it."),
  IDEMPOTENCY_KEY_USED(
      "Idempotency key {idempotencyKey} was used for another operation, ticket {ticket}. Use one"
          + " key for one operation."),
  NOT_RESCHEDULED("Not rescheduled: {name}"),
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
