package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.TransientFaultsCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on Google Cloud KMS. */
@Tag("needs-kube-apiserver")
@Tag("full")
class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new KekOnGoogle());
  }
}
