package dev.enclave.kit.http;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.texts.Texts;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the certificates of the JVM, or of a key store, and names the certificate that it refuses:
 * the JDK's own failure names neither the certificate nor who issued it. Thread-safe.
 */
public final class CertificateTrust extends X509ExtendedTrustManager {

  private static final int LONGEST_CAUSE_CHAIN = 16;

  private final X509ExtendedTrustManager decides;

  private CertificateTrust(X509ExtendedTrustManager decides) {
    this.decides = decides;
  }

  /**
   * For {@link javax.net.ssl.SSLContext#init}.
   *
   * @param authorities who is trusted; null for those whom the JVM trusts
   */
  public static TrustManager[] managers(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    TrustManager[] managers = factory.getTrustManagers();
    for (int i = 0; i < managers.length; i++) {
      if (managers[i] instanceof X509ExtendedTrustManager decides) {
        managers[i] = new CertificateTrust(decides);
      }
    }
    return managers;
  }

  /** Trusts whom the JVM trusts, for clients that make their own TLS. */
  public static TrustManager[] platform() {
    try {
      return managers(null);
    } catch (GeneralSecurityException e) {
      throw withoutTls(e);
    }
  }

  static IllegalStateException withoutTls(GeneralSecurityException e) {
    return new IllegalStateException("This JDK has no TLS: " + e.getClass().getSimpleName());
  }

  /**
   * The certificate that ended a handshake: its subject, who issued it, the host, and why.
   *
   * @return nothing if {@code thrown} has another cause
   */
  public static Optional<String> refusal(Throwable thrown) {
    return Optional.ofNullable(inChain(thrown, RefusedException.class))
        .map(refused -> String.valueOf(refused.getMessage()));
  }

  /**
   * Its message is ours, and safe to show; the JDK's own, which quotes the certificate, stays out.
   */
  private static final class RefusedException extends CertificateException {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private static void check(X509Certificate[] chain, @Nullable SSLSession session, Check check)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw new RefusedException(told(chain, session, e));
    }
  }

  private static String told(
      X509Certificate[] chain, @Nullable SSLSession session, CertificateException why) {
    String host = session == null ? null : session.getPeerHost();
    String what =
        Texts.THE_CERTIFICATE.with(host == null ? "" : Texts.OF_HOST.with(Quoted.of(host)));
    if (chain.length == 0) {
      return Texts.CERTIFICATE_MISSING.with(what);
    }
    String issuer = chain[0].getIssuerX500Principal().getName();
    String last = chain[chain.length - 1].getIssuerX500Principal().getName();
    return Texts.CERTIFICATE_REFUSED.with(
        what,
        Quoted.of(chain[0].getSubjectX500Principal().getName()),
        Quoted.of(issuer),
        last.equals(issuer) ? "" : Texts.UNDER_ROOT.with(Quoted.of(last)),
        reason(why));
  }

  static String reason(CertificateException why) {
    if (inChain(why, CertificateExpiredException.class) != null
        || inChain(why, CertificateNotYetValidException.class) != null) {
      return Texts.EXPIRED.with();
    }
    if (inChain(why, CertPathBuilderException.class) != null
        || inChain(why, CertPathValidatorException.class) != null) {
      return Texts.NOT_TRUSTED.with();
    }
    return Texts.NOT_FOR_THIS_HOST.with();
  }

  /** The first of this kind among what was thrown and its causes; null if there is none. */
  public static <T extends Throwable> @Nullable T inChain(Throwable thrown, Class<T> kind) {
    return chain(thrown).filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
  }

  /** What was thrown and its causes. */
  static Stream<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    @Nullable Throwable cause = thrown;
    while (cause != null && chain.size() < LONGEST_CAUSE_CHAIN) {
      chain.add(cause);
      cause = cause.getCause();
    }
    return chain.stream();
  }

  private static @Nullable SSLSession session(@Nullable Socket socket) {
    return socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null;
  }

  private static @Nullable SSLSession session(@Nullable SSLEngine engine) {
    return engine == null ? null : engine.getHandshakeSession();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, null, () -> decides.checkServerTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, session(socket), () -> decides.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, session(engine), () -> decides.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    decides.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    decides.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    decides.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return decides.getAcceptedIssuers();
  }
}
