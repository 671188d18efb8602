/**
 * The backend on the operating system's store for secrets: Secret Service, DPAPI, Keychain. Found
 * by {@link java.util.ServiceLoader}.
 */
module dev.enclave.os {
  requires transitive dev.enclave.api;
  requires com.sun.jna;
  requires com.sun.jna.platform;
  requires dev.enclave.software;
  requires org.bouncycastle.provider;
  requires org.freedesktop.dbus;
  requires static org.jspecify;

  exports dev.enclave.os;

  // It makes proxies for these interfaces.
  exports dev.enclave.os.internal.linux.bus to
      org.freedesktop.dbus;

  opens dev.enclave.os.internal.linux.bus to
      org.freedesktop.dbus;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.os.OsBackendProvider;
}
