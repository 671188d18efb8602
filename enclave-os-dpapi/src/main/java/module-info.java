/** Sealing keys in files that DPAPI protects for one user of Windows. */
@SuppressWarnings("module") // dev.enclave.os is built after this one
module dev.enclave.os.dpapi {
  requires com.sun.jna;
  requires com.sun.jna.platform;
  requires static org.jspecify;

  exports dev.enclave.os.dpapi to
      dev.enclave.os;
}
