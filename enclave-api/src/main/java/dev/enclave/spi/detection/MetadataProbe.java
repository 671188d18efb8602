package dev.enclave.spi.detection;

/**
 * What a detector asks the metadata service when neither variables nor files nor DMI decided.
 *
 * <p>Runs beside the probes of other detectors and is interrupted after a second; what it did not
 * say by then is inconclusive.
 */
@FunctionalInterface
public interface MetadataProbe {

  /** Asks, and says what the answers mean. */
  Detection ask(MetadataService metadata);
}
