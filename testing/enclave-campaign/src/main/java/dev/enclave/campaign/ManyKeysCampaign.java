package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Among many keys an application uses one. */
@Tag("full")
public abstract class ManyKeysCampaign {

  private static final int KEYS = Integer.getInteger("enclave.campaign.keys", 200);

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected ManyKeysCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void aKeyIsFoundByNameAndHandleWithoutAListing_andVerifiesWithoutARequest() {
    try (Bench bench = new Bench(cloud)) {
      KeyHandle handle = fill(bench);
      int before = bench.journal().size();
      try (Enclave enclave = bench.open()) {
        SigningKey key = enclave.signingKeys().key(handle);
        SignatureValue signature = key.sign(Claims.MESSAGE);
        enclave.signingKeys().key(handle.name().value()).sign(Claims.MESSAGE);
        Map<String, Integer> sent = Bench.count(bench.journalSince(before));
        System.out.println("one of " + KEYS + " keys used: " + sent);
        assertThat(sent.keySet()).doesNotContainAnyElementsOf(cloud.requests().lists());

        int signed = bench.journal().size();
        assertThat(key.verify(Claims.MESSAGE, signature)).isTrue();
        assertThat(bench.journalSince(signed)).isEmpty();

        // Or the first assertion could not fail.
        assertThat(enclave.admin().listKeys().keys()).hasSize(KEYS);
        assertThat(Bench.count(bench.journalSince(signed)).keySet())
            .containsAnyElementsOf(cloud.requests().lists());
      }
    }
  }

  /** The handle of one in the middle. */
  private static KeyHandle fill(Bench bench) {
    try (Enclave enclave = bench.open()) {
      for (int i = 0; i < KEYS; i++) {
        enclave.createKey(KeySpec.named("many-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      }
      return enclave.signingKeys().key("many-" + KEYS / 2).handle();
    }
  }
}
