package dev.enclave.kit.http;

import dev.enclave.processes.Ended;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of its own, for whoever it names, and who trusts it. */
record LoopbackTls(SSLContext server, SSLContext client) {

  private static final String PASSWORD = "loopback";

  /**
   * Makes one.
   *
   * @param names such as {@code ip:127.0.0.1}
   */
  static Path made(Path file, String names) throws IOException, InterruptedException {
    Ended.run(
            Ended.jdk("keytool"),
            "-genkeypair",
            "-alias",
            "endpoint",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=endpoint",
            "-ext",
            "san=" + names,
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString())
        .succeeded();
    return file;
  }

  static KeyStore store(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  static LoopbackTls of(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = store(file);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext server = SSLContext.getInstance("TLS");
    server.init(keys.getKeyManagers(), null, null);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("endpoint", store.getCertificate("endpoint"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
    return new LoopbackTls(server, client);
  }
}
