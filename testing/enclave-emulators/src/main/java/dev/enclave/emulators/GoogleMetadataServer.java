package dev.enclave.emulators;

import dev.enclave.emulators.internal.gcp.metadata.IdentityTokens;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The identity tokens of Compute Engine's metadata server, without Cloud KMS and gRPC, for those
 * who use the keys of another cloud from there. Thread-safe.
 */
public final class GoogleMetadataServer implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";
  private static final String ACCOUNT = "emulator@emulated.iam.gserviceaccount.com";

  private final Journal journal = Journal.unbounded();
  private final HttpTransport transport;

  private GoogleMetadataServer(InstantSource clock) {
    transport =
        HttpTransport.start(
            LOOPBACK,
            0,
            new HttpTransport.Site(
                new IdentityTokens(ACCOUNT, new SecureRandom()),
                IdentityTokens::operationOf,
                Interceptor.NONE,
                journal,
                clock));
  }

  /**
   * Starts one.
   *
   * @param clock for the times in tokens
   */
  public static GoogleMetadataServer start(InstantSource clock) {
    return new GoogleMetadataServer(clock);
  }

  /** Where it is, in place of {@code http://169.254.169.254}. */
  public URI endpoint() {
    return transport.endpoint();
  }

  /** Who issues its tokens, as {@code iss} has it. */
  public String tokenIssuer() {
    return IdentityTokens.ISSUER;
  }

  /** The unique id of the service account, which is the tokens' subject. */
  public String serviceAccountId() {
    return IdentityTokens.ACCOUNT_ID;
  }

  /** What was received. */
  public Journal journal() {
    return journal;
  }

  /** Stops it. */
  @Override
  public void close() {
    transport.close();
  }
}
