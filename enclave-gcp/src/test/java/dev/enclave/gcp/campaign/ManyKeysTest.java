package dev.enclave.gcp.campaign;

import dev.enclave.campaign.ManyKeysCampaign;

class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new GcpUnderTest());
  }
}
