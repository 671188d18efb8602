package dev.enclave.emulators.internal.azure;

import dev.enclave.emulators.internal.azure.identity.LoginService;
import dev.enclave.emulators.internal.azure.keys.VaultService;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Takes requests under the directory's paths to its login service, and all others to the vault. */
public final class AzureService implements Service {

  /** RFC 9110 §5.6.7, IMF-fixdate. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final LoginService login;
  private final VaultService vault;

  public AzureService(LoginService login, VaultService vault) {
    this.login = login;
    this.vault = vault;
  }

  /** The name of the operation that {@code request} asks for, or an empty string. */
  public static String operationOf(ServiceRequest request) {
    return LoginService.operationOf(request).orElseGet(() -> VaultService.operationOf(request));
  }

  /** Dated by the server's clock, which the times of keys are by too. */
  @Override
  public ServiceResponse handle(ServiceRequest request) {
    ServiceResponse response =
        LoginService.operationOf(request).isPresent()
            ? login.handle(request)
            : vault.handle(request);
    return response.withHeader("Date", DATE.format(request.time()));
  }
}
