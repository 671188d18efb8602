package dev.enclave.emulators.internal.azure;

import dev.enclave.emulators.internal.azure.identity.LoginService;
import dev.enclave.emulators.internal.azure.keys.KeyVaultService;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;

/** Takes requests under the directory's paths to its login service, and all others to the vault. */
public final class AzureService implements Service {

  private final LoginService login;
  private final KeyVaultService vault;

  public AzureService(LoginService login, KeyVaultService vault) {
    this.login = login;
    this.vault = vault;
  }

  /** The name of the operation that {@code request} asks for, or an empty string. */
  public static String operationOf(ServiceRequest request) {
    return LoginService.operationOf(request).orElseGet(() -> KeyVaultService.operationOf(request));
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    return LoginService.operationOf(request).isPresent()
        ? login.handle(request)
        : vault.handle(request);
  }
}
