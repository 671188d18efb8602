package dev.enclave.kit;

import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.texts.Texts;

/**
 * Where a request was to go, and what brings it there.
 *
 * @param place as messages name it, such as {@code https://kms.eu-west-1.amazonaws.com:443}
 * @param address what says where that is, such as {@code enclave.aws-kms.endpoint}
 * @param trust how a certificate comes to be trusted, as {@code name it in
 *     enclave.aws-kms.trusted-certificate}
 * @param network what else stands between, as {@code the VPC endpoint}
 */
public record Reach(String place, String address, String trust, String network) {

  /** Of a place of which no more is known. */
  public Reach(String place, String address) {
    this(place, address, Texts.TRUST_ITS_ISSUER.with(), Texts.WHAT_STANDS_BETWEEN.with());
  }

  /** What to do about an obstacle. */
  String advice(Obstacle obstacle) {
    return switch (obstacle) {
      case UNKNOWN_HOST -> Texts.CORRECT_HOST.with(address);
      case REFUSED -> Texts.CORRECT_HOST_AND_PORT.with(address, network);
      case CERTIFICATE -> Texts.CERTIFICATE_TO_TRUST.with(trust, address);
      case NO_TLS -> Texts.CORRECT_PORT.with(address);
      case LOAD -> Texts.FEWER_CALLS.with();
      case OTHER -> Texts.CHECK_NETWORK.with(network);
    };
  }

  /** What to do where the connection broke, or no answer of the service came. */
  String adviceAfterBreak() {
    return Texts.MEDDLING_PROXY.with(
        place.startsWith("http://") ? Texts.WRITE_HTTPS.with(address) : ".");
  }
}
