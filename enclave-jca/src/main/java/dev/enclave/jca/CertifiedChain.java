package dev.enclave.jca;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A chain that was given for a version.
 *
 * @param from when its first certificate begins
 * @param until when the first of its certificates ends that peers need, so a root is left out
 * @param due when another one is to be asked for
 */
record CertifiedChain(
    List<X509Certificate> certificates, Instant from, Instant until, Instant due) {

  /** How soon and how late the source is asked again, once the chain is due. */
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /** What the source gave just now. */
  static CertifiedChain of(List<X509Certificate> given, Instant now) {
    List<X509Certificate> certificates = List.copyOf(given);
    X509Certificate own = certificates.get(0);
    Instant from = own.getNotBefore().toInstant();
    Instant until =
        certificates.stream()
            .filter(
                one ->
                    one.equals(own)
                        || !one.getIssuerX500Principal().equals(one.getSubjectX500Principal()))
            .map(one -> one.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow();
    return new CertifiedChain(certificates, from, until, Instant.MIN).asked(now);
  }

  /**
   * This chain after the source was asked for a successor: due when two thirds of its life have
   * passed, and from then on whenever a third of the rest has, within limits.
   */
  CertifiedChain asked(Instant now) {
    Instant twoThirds = until.minus(Duration.between(from, until).dividedBy(3));
    Duration third = Duration.between(now, until).dividedBy(3);
    Duration pause = third.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : third;
    Instant next = now.plus(pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause);
    return new CertifiedChain(
        certificates, from, until, next.isAfter(twoThirds) ? next : twoThirds);
  }

  boolean isValid(Instant now) {
    return !now.isBefore(from) && now.isBefore(until);
  }

  boolean isDue(Instant now) {
    return !now.isBefore(due);
  }

  /** This one, but for another that is valid and ends later. */
  CertifiedChain orBetter(CertifiedChain other, Instant now) {
    return other.isValid(now) && other.until().isAfter(until) ? other.asked(now) : this;
  }
}
