package dev.enclave.spi.detection;

/**
 * The way to a cloud's instance metadata service. Thread-safe.
 *
 * <p>No proxy, no redirects, no name resolution; what answers there is nobody's word for anything
 * but a hint.
 */
@FunctionalInterface
public interface MetadataService {

  /** One exchange of a second at most; whatever goes wrong is {@link MetadataAnswer.Silent}. */
  MetadataAnswer send(MetadataRequest request);
}
