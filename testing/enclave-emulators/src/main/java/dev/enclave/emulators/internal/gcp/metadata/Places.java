package dev.enclave.emulators.internal.gcp.metadata;

import dev.enclave.emulators.internal.gcp.federation.FederationService;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;

/**
 * The places at which workloads find tokens, which share one port.
 *
 * @param metadata on Google's machines
 * @param federation elsewhere
 */
public record Places(MetadataService metadata, FederationService federation) implements Service {

  /** The name of what {@code request} asks for. */
  public static String operationOf(ServiceRequest request) {
    return FederationService.operationOf(request)
        .orElseGet(() -> MetadataService.operationOf(request));
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    return FederationService.operationOf(request).isPresent()
        ? federation.handle(request)
        : metadata.handle(request);
  }
}
