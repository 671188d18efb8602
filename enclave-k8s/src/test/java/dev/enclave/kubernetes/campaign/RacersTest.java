package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.RacersCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key in Vault. */
@Tag("needs-kube-apiserver")
class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new KekOnVault());
  }
}
