package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.ManyKeysCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on AWS KMS. */
@Tag("needs-kube-apiserver")
class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new KekOnAws());
  }
}
