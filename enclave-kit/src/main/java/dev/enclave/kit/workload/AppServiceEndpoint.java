package dev.enclave.kit.workload;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where App Service, Functions and Container Apps hand out tokens of a managed identity.
 *
 * @param address without a query
 * @param header a secret that goes there, in {@code X-IDENTITY-HEADER}
 */
public record AppServiceEndpoint(URI address, String header) {

  public static final String ENDPOINT = "IDENTITY_ENDPOINT";
  public static final String HEADER = "IDENTITY_HEADER";

  private static final Pattern NEAR =
      Pattern.compile(
          "localhost|\\[::1]|127(\\.[0-9]{1,3}){3}|169\\.254(\\.[0-9]{1,3}){2}"
              + "|172\\.(1[6-9]|2[0-9]|3[01])(\\.[0-9]{1,3}){2}");

  /**
   * The one that variables name; none if they name none.
   *
   * <p>Where the platforms have it, by what they are seen to set: on this machine ("Use managed
   * identities", App Service; Container Apps; Functions), a link-local address (App Service on
   * Linux), or one of 172.16.0.0/12 (the same; Azure/go-autorest, adal, TestGetAppServiceEndpoint).
   *
   * @throws BackendFailure where the address is another, or the header is missing or can be none
   */
  public static Optional<AppServiceEndpoint> of(EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> endpoint = environment.variable(ENDPOINT);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> header = environment.variable(HEADER);
    if (header.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Variable " + ENDPOINT + " is set and " + HEADER + " is not.",
          "Set both, or neither.");
    }
    if (!HeaderText.fits(header.get())) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Variable "
              + HEADER
              + " has characters that no HTTP header may have, such as a line end.",
          "The platform" + " sets it: do not set it yourself.");
    }
    return Optional.of(new AppServiceEndpoint(address(endpoint.get()), header.get()));
  }

  private static URI address(String endpoint) throws BackendFailure {
    try {
      URI address = URI.create(endpoint);
      String host = String.valueOf(address.getHost());
      if ("http".equals(address.getScheme()) && NEAR.matcher(host).matches()) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw BackendFailure.permanent(
        FailureCode.REFUSED,
        "Variable "
            + ENDPOINT
            + " names no address at which App Service, Functions or Container Apps have it.",
        "The" + " platform sets it: do not set it yourself.");
  }

  /** The address alone. */
  @Override
  public String toString() {
    return "AppServiceEndpoint[" + address + "]";
  }
}
