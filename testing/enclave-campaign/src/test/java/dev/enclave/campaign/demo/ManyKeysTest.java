package dev.enclave.campaign.demo;

import dev.enclave.campaign.ManyKeysCampaign;

class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new KeyhouseUnderTest());
  }
}
