import Atrous

print("atrous")
