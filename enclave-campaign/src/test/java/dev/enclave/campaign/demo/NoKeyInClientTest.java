package dev.enclave.campaign.demo;

import dev.enclave.campaign.NoKeyInClientCampaign;

class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new KeyhouseUnderTest());
  }
}
