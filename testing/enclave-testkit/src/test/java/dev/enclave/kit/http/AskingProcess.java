package dev.enclave.kit.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;

/** A process of its own, with system properties of its own: asks once, and says what came. */
final class AskingProcess {

  private AskingProcess() {}

  /** Whose certificate is trusted, and whom to ask. */
  public static void main(String[] arguments) throws Exception {
    LoopbackTls tls = LoopbackTls.of(Path.of(arguments[0]));
    Duration patience = Duration.ofMinutes(1);
    try (BoundedHttp http = new BoundedHttp(tls::client, BoundedHttp.LONGEST_DOCUMENT, patience)) {
      System.out.println(
          http.send(HttpRequest.newBuilder(URI.create(arguments[1])).build(), patience));
    }
  }
}
