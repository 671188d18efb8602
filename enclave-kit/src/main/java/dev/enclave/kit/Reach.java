package dev.enclave.kit;

import dev.enclave.kit.http.Obstacle;

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
    this(
        place,
        address,
        "have this machine trust its issuer",
        "what stands between, such as firewalls and proxies");
  }

  /** What to do about an obstacle. */
  String advice(Obstacle obstacle) {
    return switch (obstacle) {
      case UNKNOWN_HOST -> "Correct the host's name in " + address + ", or in the name service.";
      case REFUSED ->
          "Correct host and port in "
              + address
              + ", or start what is to listen there; else check "
              + network
              + ".";
      case CERTIFICATE ->
          "If that certificate is the server's own, "
              + trust
              + "; if it has expired, renew it; else correct "
              + address
              + ".";
      case NO_TLS -> "Correct the port in " + address + ", or write http:// if no TLS is meant.";
      case LOAD -> "Let fewer calls be under way at once.";
      case OTHER -> "Check the network, " + network + ".";
    };
  }

  /** What to do where the connection broke, or no answer of the service came. */
  String adviceAfterBreak() {
    return "Look at the network, and at proxies that meddle"
        + (place.startsWith("http://")
            ? "; if the server speaks TLS, write https:// in " + address + "."
            : ".");
  }
}
