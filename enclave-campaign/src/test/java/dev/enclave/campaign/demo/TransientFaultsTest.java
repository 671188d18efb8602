package dev.enclave.campaign.demo;

import dev.enclave.campaign.TransientFaultsCampaign;

class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new KeyhouseUnderTest());
  }
}
