/** A ready-made backend over a store of sealed records, one a key. */
@SuppressWarnings("module") // the modules that are built on it are built after it
module dev.enclave.records {
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires com.fasterxml.jackson.core;
  requires static org.jspecify;

  exports dev.enclave.records;
  exports dev.enclave.records.kek;

  // JSON as the records have it, for the files beside them.
  exports dev.enclave.records.json to
      dev.enclave.kubernetes,
      dev.enclave.software;
}
