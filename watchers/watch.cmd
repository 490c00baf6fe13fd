@echo off
rem Watches one company folder: watch.cmd FOLDER. Finds o2c where pipx puts it.
set "PATH=%USERPROFILE%\.local\bin;%PATH%"
o2c -C "%~1" watch
