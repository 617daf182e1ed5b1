from aicfg.cli import main

main()
